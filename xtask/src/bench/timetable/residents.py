"""Solves markets with the package `matching` of PyPI: residents.py MARKETS.json RESULTS.json.

MARKETS: a list of {"applicants": {id: [places]}, "places": {id: [capacity, [applicants]]}}; RESULTS: for each, the place
of every placed applicant and the seconds taken.
"""

import json
import sys
import time
import warnings

from matching.games import HospitalResident

warnings.simplefilter("ignore")


def solve(market):
    began = time.perf_counter()
    game = HospitalResident.create_from_dictionaries(
        market["applicants"],
        {place: ranking for place, (_, ranking) in market["places"].items()},
        {place: capacity for place, (capacity, _) in market["places"].items()},
    )
    result = game.solve(optimal="resident")
    placed = {resident.name: place.name for place, residents in result.items() for resident in residents}
    return {"placed": placed, "seconds": time.perf_counter() - began}


def attempt(market):
    try:
        return solve(market)
    except RecursionError:
        return {"placed": None, "seconds": None}


with open(sys.argv[1], encoding="utf-8") as file:
    markets = json.load(file)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump([attempt(market) for market in markets], file)
