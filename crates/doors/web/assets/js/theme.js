// Read before the page is drawn, so that a chosen theme never flashes the other one.
// Without script or without a choice, the page follows the system.
{
  const root = document.documentElement;
  root.dataset.script = "";
  try {
    const theme = localStorage.getItem("theme");
    if (theme) root.dataset.theme = theme;
  } catch { /* storage refused: follow the system */ }
}
