import { AppShell, Burger, Button, Group, Kbd, Tooltip } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { faultOf } from "~/api/fault";
import { listen } from "~/api/live";
import { session } from "~/api/queries";
import { Waiting } from "~/parts/Loaded";
import { Connection } from "./Connection";
import { Navigation } from "./Navigation";
import { openPalette, Palette } from "./Palette";
import { RunningJobs } from "./RunningJobs";
import { SchemeSwitch } from "./SchemeSwitch";
import classes from "./Shell.module.css";
import { Shortcuts } from "./Shortcuts";
import { SignIn } from "./SignIn";
import { SignOut } from "./SignOut";

/** What is around every page; a page of its own for whoever is not signed in. */
export function Shell() {
  const who = useQuery(session());
  const path = useRouterState({ select: (state) => state.location.pathname });
  const fault = who.error && faultOf(who.error);
  if (who.data?.signed_in === false) return <SignIn />;
  if (!who.data) return <Opening failed={Boolean(fault)} retry={() => void who.refetch()} />;
  // A wall screen has nobody who presses anything.
  return (
    <>
      <Live />
      {path === "/board" ? <Page /> : <Framed path={path} />}
    </>
  );
}

/** Listens while it is there. */
function Live() {
  useEffect(listen, []);
  return null;
}

function Framed({ path }: { path: string }) {
  const [opened, { toggle, close }] = useDisclosure();
  const narrow = useMediaQuery("(max-width: 48em)");
  // biome-ignore lint/correctness/useExhaustiveDependencies: going elsewhere closes the menu.
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 196, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a href="#page" className={classes.skip}>
        Skip to the page
      </a>
      <AppShell.Header className={classes.header}>
        <Group gap="xs" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label="Menu"
            aria-expanded={opened}
          />
          <Link to="/" className={classes.brand}>
            <img src="/favicon.svg" alt="" width={22} height={22} />
            Kloigos
          </Link>
        </Group>
        <Group gap={6} wrap="nowrap">
          <RunningJobs />
          <Tooltip label="Find a page, server or unit">
            <Button
              variant="default"
              onClick={openPalette}
              leftSection={<IconSearch size={14} />}
              rightSection={narrow ? undefined : <Kbd size="xs">Ctrl K</Kbd>}
              {...(narrow ? { "aria-label": "Find" } : {})}
              className={classes.find}
            >
              {narrow ? "" : "Find"}
            </Button>
          </Tooltip>
          <SchemeSwitch />
          <SignOut />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label="Pages">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1} className={classes.main}>
        <Connection />
        <Page />
      </AppShell.Main>
      <Palette />
      <Shortcuts />
    </AppShell>
  );
}

function Page() {
  return (
    <Suspense fallback={<Waiting />}>
      <Outlet />
    </Suspense>
  );
}

function Opening({ failed, retry }: { failed: boolean; retry: () => void }) {
  useEffect(() => {
    if (!failed) return;
    const timer = setInterval(retry, 2_000);
    return () => clearInterval(timer);
  }, [failed, retry]);
  return (
    <main className={classes.opening} aria-busy={!failed}>
      {failed ? "The control plane does not answer. Trying again…" : "…"}
    </main>
  );
}
