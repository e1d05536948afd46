import { ActionIcon, Button, Group, Menu, Text, TextInput } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";

type Search = Record<string, string | undefined>;

/** Filters under names, kept by this browser. */
export function SavedFilters({ search }: { search: Search }) {
  const [saved, setSaved] = useLocalStorage<Record<string, Search>>({
    key: "kloigos.units.filters",
    defaultValue: {},
  });
  const [name, setName] = useState("");
  const go = useNavigate();
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    setSaved((before) => ({ ...before, [name.trim()]: search }));
    setName("");
  };
  const remove = (gone: string) => setSaved(({ [gone]: _, ...rest }) => rest);
  return (
    <Menu width={260} position="bottom-end" closeOnItemClick trapFocus>
      <Menu.Target>
        <Button variant="default" leftSection={<IconBookmark size={14} />}>
          Saved
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(saved).map(([title, kept]) => (
          <Group key={title} gap={4} wrap="nowrap">
            <Menu.Item onClick={() => void go({ to: "/units", search: kept })}>{title}</Menu.Item>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Forget ${title}`}
              onClick={() => remove(title)}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
        ))}
        {Object.keys(saved).length === 0 && (
          <Text size="sm" c="dimmed" p="xs">
            None yet. A name keeps what is filtered now, with its order and columns.
          </Text>
        )}
        <form onSubmit={save}>
          <Group gap={4} p={4} wrap="nowrap">
            <TextInput
              size="xs"
              aria-label="Name of the filter"
              placeholder="Name"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              flex={1}
            />
            <Button type="submit" variant="default" disabled={name.trim() === ""}>
              Save
            </Button>
          </Group>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}
