"""Solves an instance of docs/timetable.md with OR-tools CP-SAT: cpsat.py TASK.json SOLUTION.json.

TASK: {"instance": …, "seconds": S, "workers": N, "former": [sessions] or null, "notice": {"today", "ends"} or null}.
Precedence by prefixes: "the module is over before this half-day", one chain of literals a module. With `former`, the
aim is the one of replanning: half-days touched within the notice first, then sessions moved; else the weights.
"""

import datetime
import json
import sys

from ortools.sat.python import cp_model

HALVES = ("am", "pm")


def day(text):
    return datetime.date.fromisoformat(text)


def covers(window, date, half):
    return (
        ("from" not in window or day(window["from"]) <= date)
        and ("to" not in window or date <= day(window["to"]))
        and (not window.get("weekdays") or date.isoweekday() in window["weekdays"])
        and window.get("half", half) == half
    )


def covered(windows, date, half):
    return any(covers(window, date, half) for window in windows)


def main(task_file, solution_file):
    with open(task_file, encoding="utf-8") as file:
        task = json.load(file)
    instance = task["instance"]
    calendar = instance["calendar"]
    weights = instance.get("weights", {})
    weekdays = calendar.get("weekdays", [1, 2, 3, 4, 5])
    first, last = day(calendar["from"]), day(calendar["to"])
    dates = [first + datetime.timedelta(n) for n in range((last - first).days + 1)]
    holidays = set(calendar.get("holidays", []))
    dates = [date for date in dates if date.isoweekday() in weekdays and date.isoformat() not in holidays]
    closures = calendar.get("closures", [])
    slots = [(d, h) for d, date in enumerate(dates) for h in (0, 1) if not covered(closures, date, HALVES[h])]
    week = [date.isocalendar()[:2] for date in dates]

    model = cp_model.CpModel()
    cohorts = {cohort["id"]: cohort for cohort in instance["cohorts"]}
    modules = instance["modules"]
    school = {
        name: [
            (d, h)
            for d, h in slots
            if (not cohort.get("school") or covered(cohort["school"], dates[d], HALVES[h]))
            and not covered(cohort.get("away", []), dates[d], HALVES[h])
        ]
        for name, cohort in cohorts.items()
    }

    def free(one, d, h):
        date, half = dates[d], HALVES[h]
        return (not one.get("available") or covered(one["available"], date, half)) and not covered(
            one.get("unavailable", []), date, half
        )

    free_trainer = {t["id"]: {(d, h) for d, h in slots if free(t, d, h)} for t in instance.get("trainers", [])}
    free_room = {r["id"]: {(d, h) for d, h in slots if free(r, d, h)} for r in instance.get("rooms", [])}
    rooms = {r["id"]: r for r in instance.get("rooms", [])}
    able = {m["id"]: [t["id"] for t in instance.get("trainers", []) if m["id"] in t["modules"]] for m in modules}

    def fits(module, room):
        return room["capacity"] >= cohorts[module["cohort"]].get("learners", 0) and set(
            module.get("equipment", [])
        ) <= set(room.get("equipment", []))

    suitable = {m["id"]: frozenset(r for r in rooms if fits(m, rooms[r])) for m in modules}

    x, z = {}, {}
    of_module = {m["id"]: {} for m in modules}
    at_cohort, at_trainer = {}, {}
    for m in modules:
        name = m["id"]
        for d, h in school[m["cohort"]]:
            date = dates[d]
            if m.get("not_before") and date < day(m["not_before"]):
                continue
            if m.get("deadline") and date > day(m["deadline"]):
                continue
            trainers = [t for t in able[name] if (d, h) in free_trainer[t]]
            if not trainers or not any((d, h) in free_room[r] for r in suitable[name]):
                continue
            literal = model.new_bool_var("")
            x[name, d, h] = of_module[name][d, h] = literal
            at_cohort.setdefault((m["cohort"], d, h), []).append(literal)
            if len(able[name]) == 1:
                z[name, d, h, trainers[0]] = literal
                at_trainer.setdefault((trainers[0], d, h), []).append(literal)
            else:
                options = []
                for t in trainers:
                    option = model.new_bool_var("")
                    z[name, d, h, t] = option
                    options.append(option)
                    at_trainer.setdefault((t, d, h), []).append(option)
                model.add(sum(options) == literal)
        model.add(sum(of_module[name].values()) == m["half_days"])
        by_day, by_week = {}, {}
        for (d, h), literal in of_module[name].items():
            by_day.setdefault(d, []).append(literal)
            by_week.setdefault(week[d], []).append(literal)
        per_day = 1 if m.get("min_days_between", 0) > 0 else m.get("max_per_day")
        if per_day is not None:
            for literals in by_day.values():
                if len(literals) > per_day:
                    model.add(sum(literals) <= per_day)
        if m.get("max_per_week") is not None:
            for literals in by_week.values():
                if len(literals) > m["max_per_week"]:
                    model.add(sum(literals) <= m["max_per_week"])
        gap = m.get("min_days_between", 0)
        if gap > 1:
            for d in by_day:
                near = [l for e in by_day if 0 <= (dates[e] - dates[d]).days < gap for l in by_day[e]]
                model.add_at_most_one(near)
    for group in list(at_cohort.values()) + list(at_trainer.values()):
        if len(group) > 1:
            model.add_at_most_one(group)

    for m in modules:
        for before in m.get("after", []):
            ends = of_module[before]
            order = sorted(ends)
            if ("done", before) not in x:
                chain = [model.new_bool_var("") for _ in order]
                for at, slot in enumerate(order):
                    model.add_implication(chain[at], ends[slot].negated())
                    if at + 1 < len(chain):
                        model.add_implication(chain[at], chain[at + 1])
                x["done", before] = chain
            chain = x["done", before]
            at = 0
            for slot in sorted(of_module[m["id"]]):
                while at < len(order) and order[at] < slot:
                    at += 1
                if at < len(order):
                    model.add_implication(of_module[m["id"]][slot], chain[at])

    # Rooms: counted where all do for all; else, or where they have a price, each is a choice.
    counted = len(set(suitable.values())) <= 1 and not weights.get("room_changes")
    y = {}
    for d, h in slots:
        here = [(m, of_module[m["id"]].get((d, h))) for m in modules]
        here = [(m, literal) for m, literal in here if literal is not None]
        open_rooms = [r for r in rooms if (d, h) in free_room[r]]
        if counted:
            if len({m["cohort"] for m, _ in here}) > len(open_rooms):
                model.add(sum(literal for _, literal in here) <= len(open_rooms))
            continue
        per_room = {r: [] for r in open_rooms}
        for m, literal in here:
            options = []
            for r in open_rooms:
                if r in suitable[m["id"]]:
                    key = (m["cohort"], d, h, r)
                    if key not in y:
                        y[key] = model.new_bool_var("")
                        per_room[r].append(y[key])
                    options.append(y[key])
            model.add_bool_or(options + [literal.negated()])
        for group in per_room.values():
            if len(group) > 1:
                model.add_at_most_one(group)
    if y:
        for name in cohorts:
            for d, h in school[name]:
                options = [y[name, d, h, r] for r in rooms if (name, d, h, r) in y]
                if len(options) > 1:
                    model.add_at_most_one(options)

    costs = []

    def excess(literals, price):
        if price and len(literals) > 1:
            over = model.new_int_var(0, len(literals), "")
            model.add(over >= sum(literals) - 1)
            costs.append(price * over)

    def any_of(literals):
        one = model.new_bool_var("")
        for literal in literals:
            model.add_implication(literal, one)
        return one

    former = task.get("former")
    if former is None:
        for m in modules:
            by_day, by_week = {}, {}
            for (d, h), literal in of_module[m["id"]].items():
                by_day.setdefault(d, []).append(literal)
                by_week.setdefault(week[d], []).append(literal)
            for literals in by_day.values():
                excess(literals, weights.get("same_day"))
            for literals in by_week.values():
                excess(literals, weights.get("same_week"))
        if weights.get("trainer_days"):
            days = {}
            for (name, d, h, t), literal in z.items():
                days.setdefault((t, d), []).append(literal)
            costs += [weights["trainer_days"] * any_of(literals) for literals in days.values()]
        if weights.get("trainer_changes"):
            used = {}
            for (name, d, h, t), literal in z.items():
                used.setdefault(name, {}).setdefault(t, []).append(literal)
            for by_trainer in used.values():
                excess([any_of(literals) for literals in by_trainer.values()], weights["trainer_changes"])
        if weights.get("room_changes"):
            used = {}
            for (cohort, d, h, r), literal in y.items():
                used.setdefault((cohort, week[d]), {}).setdefault(r, []).append(literal)
            for by_room in used.values():
                excess([any_of(literals) for literals in by_room.values()], weights["room_changes"])
        if weights.get("late_finish"):
            for name in cohorts:
                end = model.new_int_var(0, len(school[name]), "")
                for rank, (d, h) in enumerate(school[name], 1):
                    for literal in at_cohort.get((name, d, h), []):
                        model.add(end >= rank).only_enforce_if(literal)
                costs.append(weights["late_finish"] * end)
        if weights.get("late_evaluation"):
            span = (last - first).days

            def last_day(name):
                # The latest day on which the module has a session.
                ends = [(dates[d] - first).days * literal for (d, h), literal in of_module[name].items()]
                value = model.new_int_var(0, span, "")
                model.add_max_equality(value, ends)
                return value

            for m in modules:
                if m.get("within_days") is None or not m.get("after"):
                    continue
                ready = model.new_int_var(0, span, "")
                model.add_max_equality(ready, [last_day(before) for before in m["after"]])
                late = model.new_int_var(0, span, "")
                model.add(late >= last_day(m["id"]) - ready - m["within_days"])
                costs.append(weights["late_evaluation"] * late)
    else:
        ends = day(task["notice"]["ends"])
        today = day(task["notice"]["today"])
        index = {date: d for d, date in enumerate(dates)}
        was = {(s["module"], index[day(s["date"])], HALVES.index(s["half"])) for s in former}
        for key in was:
            date = dates[key[1]]
            literal = x.get(key)
            if date < today:
                model.add(literal == 1)
                continue
            price = 1 + (10_000 if date < ends else 0)
            if literal is None:
                costs.append(price)
            else:
                costs.append(price * (1 - literal))
                model.add_hint(literal, 1)
        for name in of_module:
            for (d, h), literal in of_module[name].items():
                if (name, d, h) not in was and dates[d] < ends:
                    if dates[d] < today:
                        model.add(literal == 0)
                    else:
                        costs.append(10_000 * literal)
    if costs:
        model.minimize(sum(costs))

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = task["seconds"]
    solver.parameters.num_workers = task["workers"]
    status = solver.solve(model)
    answer = {"status": solver.status_name(status), "sessions": []}
    if costs and status != cp_model.INFEASIBLE:
        answer["bound"] = solver.best_objective_bound
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        taken = set()
        for name, literals in of_module.items():
            cohort = next(m["cohort"] for m in modules if m["id"] == name)
            for (d, h), literal in sorted(literals.items()):
                if not solver.value(literal):
                    continue
                trainer = next(t for t in able[name] if (name, d, h, t) in z and solver.value(z[name, d, h, t]))
                if counted:
                    room = next(r for r in rooms if (d, h) in free_room[r] and (r, d, h) not in taken)
                    taken.add((room, d, h))
                else:
                    room = next(r for r in rooms if (cohort, d, h, r) in y and solver.value(y[cohort, d, h, r]))
                answer["sessions"].append(
                    {
                        "date": dates[d].isoformat(),
                        "half": HALVES[h],
                        "module": name,
                        "trainer": trainer,
                        "room": room,
                    }
                )
    with open(solution_file, "w", encoding="utf-8") as file:
        json.dump(answer, file)


main(sys.argv[1], sys.argv[2])
