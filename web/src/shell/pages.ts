import {
  IconCpu,
  IconDeviceTv,
  IconLayoutGrid,
  IconPlayerPlay,
  IconPlus,
  IconServer,
  IconServer2,
  IconSettings,
  IconTimeline,
  IconWebhook,
} from "@tabler/icons-react";

/** A page that the menu and the palette name, and the keys that go there after `g`. */
export interface PageEntry {
  to: string;
  label: string;
  icon: typeof IconCpu;
  key: string;
}

export const PAGES: readonly PageEntry[] = [
  { to: "/", label: "Fleet", icon: IconLayoutGrid, key: "f" },
  { to: "/servers", label: "Servers", icon: IconServer, key: "s" },
  { to: "/units", label: "Units", icon: IconCpu, key: "u" },
  { to: "/jobs", label: "Jobs", icon: IconPlayerPlay, key: "j" },
  { to: "/events", label: "Events", icon: IconTimeline, key: "e" },
  { to: "/webhooks", label: "Webhooks", icon: IconWebhook, key: "w" },
  { to: "/settings", label: "Settings", icon: IconSettings, key: "t" },
];

/** What can be begun from anywhere. */
export const ACTIONS: readonly PageEntry[] = [
  { to: "/allocate", label: "Allocate a unit", icon: IconPlus, key: "a" },
  { to: "/init", label: "Init a server", icon: IconServer2, key: "i" },
  { to: "/board", label: "Wall board", icon: IconDeviceTv, key: "b" },
];
