/* What the storefront does with the widget: it listens, and tells when its own customer changes. */
const widgets = [...document.querySelectorAll("account-portal")];
const log = document.querySelector(".log ol");
const EVENTS = ["ready", "navigate", "signin-required", "signout", "error", "order-cancelled", "buy-again", "return-requested", "claim-opened"];

for (const widget of widgets)
  for (const name of EVENTS)
    widget.addEventListener(name, (event) => {
      const line = document.createElement("li");
      line.textContent = `${name} ${JSON.stringify(event.detail)}`;
      log?.append(line);
      if (name === "signout") customer(""); // who signs out in the account is out of the shop too
      if (name === "navigate" && widget === widgets[0]) mark(event.detail.page);
    });

function mark(page) {
  const shown = page.split(/[/?]/)[0].replace("loyalty", "rewards");
  for (const button of document.querySelectorAll("[data-page]"))
    button.setAttribute("aria-pressed", shown === button.dataset.page);
}

async function customer(name) {
  const path = name ? "/sign-in" : "/sign-out";
  await fetch(path, { method: "POST", body: new URLSearchParams({ customer: name }) });
  document.body.dataset.customer = name;
  show();
}

function show() {
  const now = document.body.dataset.customer;
  for (const button of document.querySelectorAll("[data-customer]"))
    if (button !== document.body) button.setAttribute("aria-pressed", button.dataset.customer === now);
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  const { page, customer: name, theme, accent } = button.dataset;
  if (page !== undefined) widgets[0].open(page);
  if (theme !== undefined) for (const widget of widgets) widget.setAttribute("theme", theme);
  if (accent !== undefined) for (const widget of widgets) widget.setAttribute("accent", accent);
  if (name !== undefined) {
    await customer(name);
    for (const widget of widgets) widget.refresh();
  }
});
show();
