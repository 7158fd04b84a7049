// A day at the shop by the clients of openapi-fetch, whose types openapi-typescript made.
import createClient from "openapi-fetch";
import type { paths as CustomerPaths } from "./customer.js";
import type { paths as ShopPaths } from "./merchant.js";

declare const process: { argv: string[] };
const [base, key, number, password] = process.argv.slice(2) as [string, string, string, string];
const email = "demo@example.com";

/** What a call gave, or the end of the day. */
function done<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const shop = createClient<ShopPaths>({
  baseUrl: `${base}/api/v1/main/merchant`,
  headers: { Authorization: `Bearer ${key}` },
});
const open = createClient<CustomerPaths>({ baseUrl: `${base}/api/v1/main/storefront` });

let after = done(await shop.GET("/events", { params: { query: { limit: 1 } } })).content.next_cursor;
for (let more = true; more; ) {
  const page = done(await shop.GET("/events", { params: { query: { after, limit: 1000 } } })).content;
  after = page.next_cursor;
  more = page.has_more;
}

const order = { params: { path: { order_number: number } } };
const put = done(await shop.PUT("/orders/{order_number}", {
  ...order,
  body: {
    customer_email: email,
    order_date: new Date().toISOString(),
    payment_status: "success",
    lines: [
      { sku: "MUG", product_id: "mug", product_name: "Mug", quantity: 2, selling_price: "100.50" },
      { sku: "TEA", product_id: "tea", product_name: "Tea", quantity: 1, selling_price: 40 },
    ],
  },
}));
console.log(put.content.outcome);

const { access_token, user } = done(await open.POST("/auth/login/password", { body: { email, password } })).content;
const customer = createClient<CustomerPaths>({
  baseUrl: `${base}/api/v1/main/storefront`,
  headers: { Authorization: `Bearer ${access_token}` },
});
const mine = done(await customer.GET("/orders", {
  params: { query: { user_id: user.id, "status[]": ["confirmed", "awaiting_shipment"] } },
})).content.orders;
console.log(mine.some((one) => one.order_number === number));

const parcels: string[] = [];
for (const sku of ["MUG", "TEA"]) {
  const body = { items: [{ sku, quantity: sku === "MUG" ? 2 : 1 }] };
  parcels.push(done(await shop.POST("/orders/{order_number}/shipments", { ...order, body })).content.reference_number);
}
for (const status of ["shipped", "delivered"] as const) {
  const moves = parcels.map((reference_number) => ({ reference_number, status }));
  const answer = done(await shop.POST("/shipment-moves", { body: moves })).content;
  console.log(answer.outcomes.map((one) => one.outcome).join(" "));
}
const back = await shop.POST("/shipments/{reference_number}/move", {
  params: { path: { reference_number: parcels[0]! } },
  body: { status: "shipped" },
});
console.log(back.error?.code);

const seen = done(await customer.GET("/orders/{order_number}", order)).content.order;
console.log(seen.status);
const returned = done(await customer.POST("/orders/{order_number}/return", {
  ...order,
  body: { return_items: [{ sku: "MUG", product_id: "mug", quantity: 1, resolution: "refund", return_reason: "Broken" }] },
})).content.order_return;
const request = { params: { path: { request_number: returned.request_number } } };
done(await shop.POST("/returns/{request_number}/approve", request));
done(await shop.POST("/returns/{request_number}/ship", request));
done(await shop.POST("/returns/{request_number}/receive", request));
console.log(done(await shop.POST("/returns/{request_number}/complete", request)).content.status);
const [refund] = done(await shop.GET("/refunds", {
  params: { query: { order_number: number, status: ["pending"] } },
})).content.refunds;
const paid = { params: { path: { request_number: refund!.request_number } } };
done(await shop.POST("/refunds/{request_number}/approve", paid));
done(await shop.POST("/refunds/{request_number}/settle", { ...paid, body: { status: "success" } }));
const refunds = done(await customer.GET("/orders/{order_number}/refunds", order)).content.refunds;
console.log(refunds.map((one) => `${one.refund_amount} ${one.status}`).join(", "));

const told = done(await shop.GET("/events", { params: { query: { after } } })).content.events;
console.log(told.map((one) => one.type).join(" "));
