import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import notice from "./parts/Notice.module.css";

/** The one accent: what can be pressed, what is chosen, what is in use. */
const lagoon: MantineColorsTuple = [
  "#e6f6f6",
  "#cdeaea",
  "#9dd5d6",
  "#69bfc1",
  "#3fa8ab",
  "#22888d",
  "#12737a",
  "#0b5f66",
  "#084c53",
  "#053a40",
];

/** The greys of the dark, a little blue, from text to the deepest ground. */
const dark: MantineColorsTuple = [
  "#dde4e8",
  "#c3ccd2",
  "#98a5ae",
  "#6f7d87",
  "#39444b",
  "#2a3238",
  "#1c2429",
  "#151b1f",
  "#11171a",
  "#0c1113",
];

export const theme = createTheme({
  primaryColor: "lagoon",
  primaryShade: { light: 7, dark: 6 },
  colors: { lagoon, dark },
  autoContrast: true,
  luminanceThreshold: 0.32,
  respectReducedMotion: true,
  defaultRadius: "sm",
  cursorType: "pointer",
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace",
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "1.25rem" }, h2: { fontSize: "1rem" } } },
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  components: {
    Tooltip: { defaultProps: { withArrow: true, openDelay: 250 } },
    Modal: { defaultProps: { overlayProps: { backgroundOpacity: 0.45 } } },
    Alert: {
      defaultProps: { variant: "default", classNames: { root: notice.root, title: notice.title } },
    },
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm" } },
  },
});

/** What Mantine shows faintly is still read by everybody. */
export const variables: CSSVariablesResolver = () => {
  const own = {
    "--mantine-color-dimmed": "var(--app-muted)",
    "--mantine-color-placeholder": "var(--app-muted)",
    "--mantine-color-body": "var(--app-card)",
    "--mantine-color-text": "var(--app-text)",
  };
  return { variables: {}, light: own, dark: own };
};
