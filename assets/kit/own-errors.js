import { createElement as h, useEffect, useRef, useState } from "react";

const TOLD = "portal-told"; // at an ErrorPlace: the page's own words for it, "" once the field was mended
const ANSWERED = "portal-answered"; // at a form: the server's words count again

/** Where an error of a field is told: the field, or the group it is of, names it. */
function placeOf(field) {
  const ids = field.closest("[aria-describedby]")?.getAttribute("aria-describedby") ?? "";
  return document.getElementById(ids.split(" ").find((id) => id.endsWith("-error")) ?? "");
}

/** Whether a field is wrong is what stands at it: an error of the server's or the page's, or a fault it found itself. */
export function markInvalid(field) {
  const ids = field?.getAttribute("aria-describedby")?.split(" ") ?? [];
  const told = ids.some((id) => /-(error|fault)$/.test(id) && document.getElementById(id)?.textContent);
  if (told) field.setAttribute("aria-invalid", "true");
  else field?.removeAttribute("aria-invalid");
}

function wordsFor(field) {
  const { validity } = field;
  if (field.autocomplete === "one-time-code") return "Please fill in all digits of the code.";
  if (validity.valueMissing) {
    if (field.type === "checkbox") return "Please tick this.";
    return field.tagName === "SELECT" || field.type === "radio" ? "Please choose one." : "Please fill this in.";
  }
  if (validity.typeMismatch && field.type === "email") return "This is not a valid e-mail address.";
  if (validity.tooShort) return `Use at least ${field.minLength} characters.`;
  return field.validationMessage;
}

function tell(place, words) {
  place?.dispatchEvent(new CustomEvent(TOLD, { detail: words }));
}

/** A form says what is missing at the field and in the portal's words, not in the browser's bubbles. */
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
      for (const field of wrong) {
        const place = placeOf(field);
        if (place) tell(place, wordsFor(field));
        else field.reportValidity();
      }
      wrong[0].focus();
    };
    const onInput = (event) => tell(placeOf(event.target), "");
    form.addEventListener("submit", onSubmit, true);
    form.addEventListener("input", onInput);
    return () => {
      form.removeEventListener("submit", onSubmit, true);
      form.removeEventListener("input", onInput);
    };
  }, []);
}

/** The server has answered: what it says is shown, also if it says the same again. */
export function showAnswer(form) {
  form?.dispatchEvent(new Event(ANSWERED));
}

/** An error, at its field or above its form: what the server says, until the field is mended or the page knows better.
 *  What the server wrote there stays until the page has words of its own. */
export function ErrorPlace({ message, ...rest }) {
  const ref = useRef(null);
  const drawn = useRef(false);
  const [own, setOwn] = useState(null);
  const shown = own ?? message ?? "";
  useEffect(() => {
    const place = ref.current;
    const form = place.closest("form");
    const onTold = ({ detail: words }) => {
      if (!words) place.textContent = ""; // React does not know what the server wrote
      setOwn(words);
    };
    const onAnswer = () => setOwn(null);
    place.addEventListener(TOLD, onTold);
    form?.addEventListener(ANSWERED, onAnswer);
    return () => {
      place.removeEventListener(TOLD, onTold);
      form?.removeEventListener(ANSWERED, onAnswer);
    };
  }, []);
  useEffect(() => setOwn(null), [message]);
  useEffect(() => {
    if (drawn.current && rest.id) {
      markInvalid(document.querySelector(`[aria-describedby~="${CSS.escape(rest.id)}"]`));
    }
    drawn.current = true;
  }, [shown]);
  return h("p", { ...rest, ref, suppressHydrationWarning: true }, shown);
}
