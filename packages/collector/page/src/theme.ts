// Runs before the first paint: a theme that was chosen is there from the start. Stands alone, without imports.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
} catch (error) {
  // A browser that keeps nothing: the system's theme it is.
  if (!(error instanceof DOMException)) throw error;
}
