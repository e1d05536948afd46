import { Button, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answer, api } from "~/api/client";
import { faultOf } from "~/api/fault";
import { session } from "~/api/queries";
import classes from "./SignIn.module.css";

/** A token for a session; the page that was asked for comes next. */
export function SignIn() {
  useDocumentTitle("Sign in · Kloigos");
  const queries = useQueryClient();
  const [token, setToken] = useState("");
  const enter = useMutation({
    mutationFn: () => answer(api.POST("/session", { body: { token } })),
    onSuccess: (who) => queries.setQueryData(session().queryKey, who),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <main className={classes.page}>
      <Paper component="form" className={classes.card} onSubmit={submit} withBorder>
        <Stack gap="md">
          <div className={classes.brand}>
            <img src="/favicon.svg" alt="" width={36} height={36} />
            <div>
              <Title order={1}>Kloigos</Title>
              <Text c="dimmed">Compute units on your own servers</Text>
            </div>
          </div>
          <PasswordInput
            label="Administrator token"
            description="The first start of kloigos serve printed it, beginning with kloigos_"
            name="token"
            autoComplete="current-password"
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            error={enter.error && faultOf(enter.error).message}
            data-autofocus
            autoFocus
            required
          />
          <Button type="submit" size="sm" loading={enter.isPending}>
            Sign in
          </Button>
          <Text size="xs" c="dimmed">
            The token is exchanged for a cookie of this browser alone, which ends after seven days.
          </Text>
        </Stack>
      </Paper>
    </main>
  );
}
