import { Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { LinkButton } from "~/parts/LinkButton";
import classes from "./Navigation.module.css";
import { ACTIONS, PAGES, type PageEntry } from "./pages";

/** The menu. */
export function Navigation() {
  const [allocate, ...others] = ACTIONS;
  return (
    <Stack gap={2} component="nav" className={classes.menu}>
      {allocate && (
        <LinkButton
          to={allocate.to}
          leftSection={<allocate.icon size={15} />}
          mb="sm"
          size="sm"
          justify="flex-start"
        >
          {allocate.label}
        </LinkButton>
      )}
      {PAGES.map((page) => (
        <Entry key={page.to} page={page} />
      ))}
      <hr className={classes.line} />
      {others.map((page) => (
        <Entry key={page.to} page={page} />
      ))}
    </Stack>
  );
}

function Entry({ page }: { page: PageEntry }) {
  return (
    <Link
      to={page.to}
      className={classes.entry}
      activeOptions={{ exact: page.to === "/", includeSearch: false }}
      activeProps={{ "aria-current": "page" }}
    >
      <page.icon size={16} stroke={1.6} aria-hidden="true" />
      {page.label}
    </Link>
  );
}
