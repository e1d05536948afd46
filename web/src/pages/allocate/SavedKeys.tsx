import { Button, Group } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";

/** The keys that were used last in this browser; public ones, so they may be kept. */
export function SavedKeys({ keys, onUse }: { keys: string; onUse: (keys: string) => void }) {
  const [kept, setKept] = useLocalStorage({ key: "kloigos.keys", defaultValue: "" });
  const said = keys.trim();
  return (
    <Group gap="xs" mt="xs">
      {kept && kept !== said && (
        <Button variant="default" onClick={() => onUse(kept)}>
          Use the kept keys
        </Button>
      )}
      {said && kept !== said && (
        <Button variant="subtle" onClick={() => setKept(said)}>
          Keep them in this browser
        </Button>
      )}
    </Group>
  );
}
