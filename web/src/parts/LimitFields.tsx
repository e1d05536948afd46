import { SimpleGrid, TextInput } from "@mantine/core";
import { LIMITS, type LimitName } from "./limits";

type Texts = Partial<Record<LimitName, string>>;

interface Props {
  values: Texts;
  onChange: (values: Texts) => void;
  /** What a limit is when its field is left empty. */
  usual?: Texts;
  /** What is wrong with which, by path. */
  faults?: Readonly<Record<string, string>>;
  /** Before the name of the limit in those paths. */
  prefix?: string;
}

/** A field for each limit: whole numbers, or K, M, G, T; `none` takes one away. */
export function LimitFields({
  values,
  onChange,
  usual = {},
  faults = {},
  prefix = "limits.",
}: Props) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="sm">
      {LIMITS.map(({ name, label, help }) => (
        <TextInput
          key={name}
          label={label}
          description={help}
          placeholder={usual[name] ?? "as usual"}
          value={values[name] ?? ""}
          onChange={(event) => onChange({ ...values, [name]: event.currentTarget.value })}
          error={faults[`${prefix}${name}`]}
          autoComplete="off"
        />
      ))}
    </SimpleGrid>
  );
}

/** The paths that these fields show the faults of. */
export const LIMIT_PATHS = LIMITS.map(({ name }) => `limits.${name}`);
