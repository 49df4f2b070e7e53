/**
 * Makes an element. `class`, `role`, `data-…` and `aria-…` become attributes, everything else properties. Strings among the
 * children become text nodes, never markup: what traces contain is hostile.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name === "class" || name === "role" || name.includes("-")) element.setAttribute(name, `${value}`);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** A word for a status, where it is not `ok`. */
export function statusBadge(status) {
  if (status === "ok") return undefined;
  return h("span", { class: `badge status-${status}` }, status);
}

/** A line of text from a trace: whatever controls or turns the reading direction in it is made visible. */
export function foreignText(text, className = "") {
  const visible = text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "\ufffd");
  return h("bdi", { class: className, title: visible }, visible);
}
