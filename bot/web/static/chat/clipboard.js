/** Copy a text. */

/**
 * @param {string} text
 * @param {HTMLElement} root where a helper field may stand for a moment
 * @returns {Promise<boolean>} whether it lies in the clipboard now
 */
export async function copy(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Shut on plain http and in some in-app browsers: the old way still works there.
    return copyBySelection(text, root);
  }
}

function copyBySelection(text, root) {
  const field = document.createElement("textarea");
  const before = root.getRootNode().activeElement;
  field.value = text;
  field.className = "unseen";
  root.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return done;
}
