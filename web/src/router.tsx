// Every page and its address. Pages are loaded when they are first gone to.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { beginFleet } from "./api/ahead";
import { NoSuchPage } from "./parts/NoSuchPage";
import { PageFailed } from "./parts/PageFailed";
import { oneOf, parse, texts, write } from "./search";
import { Shell } from "./shell/Shell";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NoSuchPage,
  errorComponent: PageFailed,
});
const page = <P extends string>(path: P) => ({ getParentRoute: () => root, path }) as const;

const fleet = createRoute({
  ...page("/"),
  validateSearch: (raw) => ({
    ...texts(raw, ["q", "health"]),
    ...oneOf(raw, "group", ["region", "zone", "health"]),
  }),
  loader: () => void beginFleet(),
  component: lazyRouteComponent(() => import("./pages/fleet/FleetPage"), "FleetPage"),
});
const servers = createRoute({
  ...page("/servers"),
  validateSearch: (raw) => texts(raw, ["q", "status", "health", "sort"]),
  component: lazyRouteComponent(() => import("./pages/servers/ServersPage"), "ServersPage"),
});
const init = createRoute({
  ...page("/init"),
  validateSearch: (raw) => texts(raw, ["ip", "job", "hostname"]),
  component: lazyRouteComponent(() => import("./pages/init/InitPage"), "InitPage"),
});
const server = createRoute({
  ...page("/servers/$hostname"),
  validateSearch: (raw) => ({
    ...oneOf(raw, "tab", ["topology", "units", "health", "facts", "jobs", "events"]),
    ...oneOf(raw, "view", ["drawing", "table"]),
  }),
  component: lazyRouteComponent(() => import("./pages/server/ServerPage"), "ServerPage"),
});
const units = createRoute({
  ...page("/units"),
  validateSearch: (raw) =>
    texts(raw, [
      "q",
      "status",
      "hostname",
      "region",
      "zone",
      "cpus",
      "deployment",
      "sort",
      "columns",
    ]),
  component: lazyRouteComponent(() => import("./pages/units/UnitsPage"), "UnitsPage"),
});
const unit = createRoute({
  ...page("/units/$computeId"),
  validateSearch: (raw) => ({
    ...oneOf(raw, "tab", ["overview", "attestation", "access", "limits", "history"]),
  }),
  component: lazyRouteComponent(() => import("./pages/unit/UnitPage"), "UnitPage"),
});
const allocate = createRoute({
  ...page("/allocate"),
  validateSearch: (raw) => texts(raw, ["cpus", "region", "zone"]),
  component: lazyRouteComponent(() => import("./pages/allocate/AllocatePage"), "AllocatePage"),
});
const jobs = createRoute({
  ...page("/jobs"),
  validateSearch: (raw) => texts(raw, ["kind", "status", "hostname", "compute_id"]),
  component: lazyRouteComponent(() => import("./pages/jobs/JobsPage"), "JobsPage"),
});
const job = createRoute({
  ...page("/jobs/$id"),
  component: lazyRouteComponent(() => import("./pages/jobs/JobPage"), "JobPage"),
});
const events = createRoute({
  ...page("/events"),
  validateSearch: (raw) => texts(raw, ["kind", "hostname", "compute_id", "job"]),
  component: lazyRouteComponent(() => import("./pages/events/EventsPage"), "EventsPage"),
});
const webhooks = createRoute({
  ...page("/webhooks"),
  component: lazyRouteComponent(() => import("./pages/webhooks/WebhooksPage"), "WebhooksPage"),
});
const newWebhook = createRoute({
  ...page("/webhooks/new"),
  component: lazyRouteComponent(() => import("./pages/webhooks/NewWebhookPage"), "NewWebhookPage"),
});
const webhook = createRoute({
  ...page("/webhooks/$webhook"),
  component: lazyRouteComponent(() => import("./pages/webhooks/WebhookPage"), "WebhookPage"),
});
const settings = createRoute({
  ...page("/settings"),
  component: lazyRouteComponent(() => import("./pages/settings/SettingsPage"), "SettingsPage"),
});
const board = createRoute({
  ...page("/board"),
  loader: () => void beginFleet(),
  component: lazyRouteComponent(() => import("./pages/board/BoardPage"), "BoardPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    fleet,
    servers,
    init,
    server,
    units,
    unit,
    allocate,
    jobs,
    job,
    events,
    webhooks,
    newWebhook,
    webhook,
    settings,
    board,
  ]),
  parseSearch: parse,
  stringifySearch: write,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
