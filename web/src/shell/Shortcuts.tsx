import { Kbd, Modal, Table } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { openPalette } from "./Palette";
import { ACTIONS, PAGES } from "./pages";

/** How long after `g` the next key still says where to. */
const PATIENCE = 1_500;

/** The keys that work on every page, and the list of them behind `?`. */
export function Shortcuts() {
  const [shown, { open, close }] = useDisclosure();
  useGoKeys();
  useHotkeys([
    ["shift+?", open],
    ["?", open],
    ["/", focusFilter],
    ["mod+K", openPalette],
  ]);
  return (
    <Modal opened={shown} onClose={close} title="Keys" size="sm">
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          <Row keys={["Ctrl", "K"]} does="Find a page, server or unit" />
          <Row keys={["/"]} does="Go to the page's filter" />
          <Row keys={["?"]} does="This list" />
          {[...PAGES, ...ACTIONS].map((page) => (
            <Row key={page.to} keys={["g", page.key]} does={page.label} />
          ))}
          <Row keys={["←", "↑", "→", "↓"]} does="Move in maps and drawings" />
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

function Row({ keys, does }: { keys: string[]; does: string }) {
  return (
    <Table.Tr>
      <Table.Td w={140}>
        {keys.map((key) => (
          <Kbd key={key} mr={4}>
            {key}
          </Kbd>
        ))}
      </Table.Td>
      <Table.Td>{does}</Table.Td>
    </Table.Tr>
  );
}

function focusFilter() {
  document.querySelector<HTMLInputElement>("[data-filter]")?.focus();
}

/** `g` and then a page's key. */
function useGoKeys() {
  const go = useNavigate();
  const since = useRef(0);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "g") {
        since.current = event.timeStamp;
        return;
      }
      const page = [...PAGES, ...ACTIONS].find((page) => page.key === event.key);
      if (page && event.timeStamp - since.current < PATIENCE) void go({ to: page.to });
      since.current = Number.NEGATIVE_INFINITY;
    };
    since.current = Number.NEGATIVE_INFINITY;
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [go]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
