import { useEffect } from "react";

const ERROR_PLACE = "-error"; // how the id of a field's place for errors ends

/** Where an error of a field is told: the field names it in `aria-describedby`. */
function placeOf(field) {
  const ids = field.closest("[aria-describedby]")?.getAttribute("aria-describedby").split(" ") ?? [];
  return document.getElementById(ids.find((id) => id.endsWith(ERROR_PLACE)) ?? "");
}

function wordsFor(field) {
  const { validity } = field;
  if (validity.valueMissing) {
    if (field.type === "checkbox") return "Please tick this.";
    return field.tagName === "SELECT" || field.type === "radio" ? "Please choose one." : "Please fill this in.";
  }
  if (validity.typeMismatch && field.type === "email") return "This is not a valid e-mail address.";
  if (validity.tooShort) return `Use at least ${field.minLength} characters.`;
  if (field.autocomplete === "one-time-code") return "Please fill in all digits of the code.";
  return field.validationMessage;
}

function tell(field) {
  const place = placeOf(field);
  if (!place) {
    field.reportValidity();
    return;
  }
  field.setAttribute("aria-invalid", "true");
  place.textContent = wordsFor(field);
}

/** What was mended is wrong no longer, until somebody says so again. */
function onInput({ target: field }) {
  const place = placeOf(field);
  if (!place?.textContent) return;
  place.textContent = "";
  place.dataset.mended = "";
  field.removeAttribute("aria-invalid");
}

/** The server has answered: what it says again is shown again, though nothing changed for React. */
export function showAgain(form) {
  for (const place of form?.querySelectorAll("[data-mended]") ?? []) {
    delete place.dataset.mended;
    place.textContent = place.dataset.said ?? "";
    if (place.textContent)
      form.querySelector(`[aria-describedby~="${CSS.escape(place.id)}"]`)?.setAttribute("aria-invalid", "true");
  }
}

/** A form tells what is missing in its own words, at the field, not in the browser's bubbles. */
export function useOwnErrors(ref) {
  useEffect(() => {
    const form = ref.current?.closest("form");
    if (!form) return;
    form.noValidate = true; // without script the browser still checks
    const onSubmit = (event) => {
      if (event.submitter?.formNoValidate) return;
      const wrong = [...form.elements].filter((field) => field.willValidate && !field.validity.valid);
      if (!wrong.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      wrong.forEach(tell);
      wrong[0].focus();
    };
    form.addEventListener("submit", onSubmit, true);
    form.addEventListener("input", onInput);
    return () => {
      form.removeEventListener("submit", onSubmit, true);
      form.removeEventListener("input", onInput);
    };
  }, []);
}
