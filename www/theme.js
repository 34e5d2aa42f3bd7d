// Light or dark: what the system says, until the visitor says otherwise.

const KEY = "dual-metric-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const forced = matchMedia("(forced-colors: active)");

/** @returns {string | null} */
function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is forbidden: the system's choice holds
  }
}

const first = kept();
if (first === "light" || first === "dark") document.documentElement.dataset.theme = first;

/**
 * Calls back now and whenever colours change.
 * @param {() => void} changed
 */
export function onTheme(changed) {
  for (const asked of [dark, forced]) asked.addEventListener("change", changed);
  addEventListener("themechange", changed);
  changed();
}

/** Switches to the other theme and remembers it. */
export function toggleTheme() {
  const root = document.documentElement;
  const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // storage is forbidden: the choice lasts as long as the page
  }
  dispatchEvent(new Event("themechange"));
}

/**
 * The colours of the stylesheet, resolved, for a canvas.
 * @template {string} T
 * @param {T[]} names of custom properties, without the dashes
 * @returns {Record<T, string>}
 */
export function colours(names) {
  const probe = document.createElement("span");
  probe.hidden = true;
  // Where the system says all colours, this one is to be the one that was asked for.
  probe.style.setProperty("forced-color-adjust", "none");
  document.body.append(probe);
  const found = /** @type {Record<T, string>} */ ({});
  for (const name of names) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}
