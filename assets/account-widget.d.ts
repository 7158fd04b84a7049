/** Types of `<account-portal>`; what it takes and tells is in docs/embedding.md. */

/** What each event carries in its `detail`. */
export interface AccountPortalDetails {
  ready: { page: string };
  navigate: { page: string; title: string };
  "signin-required": Record<string, never>;
  signout: Record<string, never>;
  "order-cancelled": { order_number: string };
  "buy-again": { order_number: string; items: string };
  "return-requested": { order_number: string; return_number: string };
  "claim-opened": { order_number: string; claim_number: string };
  error: { code: string; message: string };
}

export interface AccountPortalElement extends HTMLElement {
  /** Shows a page, without loading the frame anew: "orders", "orders/1001", "returns". */
  open(page: string): void;
  /** Asks your server again who is signed in, and shows the present state of things. */
  refresh(): void;
  addEventListener<Name extends keyof AccountPortalDetails>(
    type: Name,
    listener: (this: AccountPortalElement, event: CustomEvent<AccountPortalDetails[Name]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof AccountPortalDetails>(
    type: Name,
    listener: (this: AccountPortalElement, event: CustomEvent<AccountPortalDetails[Name]>) => void,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** Attributes, as HTML and JSX write them. */
export interface AccountPortalAttributes {
  page?: string;
  "token-url"?: string;
  height?: "auto";
  theme?: "light" | "dark" | "system";
  accent?: string;
  locale?: string;
  portal?: string;
}

/** Handlers as React 19 names them: `on` and the event's name, letter by letter. */
export type AccountPortalHandlers = {
  [Name in keyof AccountPortalDetails as `on${Name}`]?: (
    event: CustomEvent<AccountPortalDetails[Name]>,
  ) => void;
};

declare global {
  interface HTMLElementTagNameMap {
    "account-portal": AccountPortalElement;
  }
}
