import { Stepper } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { ApiFault } from "~/api/fault";
import type { Probe } from "~/api/types";
import { PageHead } from "~/parts/PageHead";
import { ConnectStep } from "./ConnectStep";
import { type Draft, EMPTY, stepOf } from "./draft";
import { LayoutStep } from "./LayoutStep";
import { LookStep } from "./LookStep";
import { OptionsStep } from "./OptionsStep";
import { ProgressStep } from "./ProgressStep";
import { ReviewStep } from "./ReviewStep";

const route = getRouteApi("/init");

/** A server is cut: looked at first, decided by a person, reviewed, then watched. */
export function InitPage() {
  const { ip = "", job, hostname } = route.useSearch();
  const go = route.useNavigate();
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, ip });
  const [probe, setProbe] = useState<Probe>();
  const [step, setStep] = useState(0);
  const [fault, setFault] = useState<ApiFault | null>(null);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const faults = fault?.fields ?? {};
  if (job) return <ProgressStep id={job} hostname={hostname ?? ""} />;
  const refused = (why: ApiFault) => {
    setFault(why);
    const steps = Object.keys(why.fields).map(stepOf);
    if (steps.length > 0) setStep(Math.min(...steps));
  };
  const back = () => setStep((now) => Math.max(0, now - 1));
  const next = () => setStep((now) => now + 1);
  return (
    <>
      <PageHead
        title="Init a server"
        sub="Nothing on it is changed before you have reviewed what will be."
      />
      <Stepper
        active={step}
        onStepClick={setStep}
        allowNextStepsSelect={false}
        size="xs"
        iconSize={28}
        mb="lg"
      >
        <Stepper.Step label="Connect">
          <ConnectStep
            draft={draft}
            change={change}
            faults={faults}
            onProbe={(found) => {
              setProbe(found);
              change({
                host_key: found.host_key,
                hostname: draft.hostname || found.facts.hostname,
              });
              next();
            }}
          />
        </Stepper.Step>
        <Stepper.Step label="Look">
          {probe && <LookStep probe={probe} back={back} next={next} />}
        </Stepper.Step>
        <Stepper.Step label="Lay out">
          {probe && (
            <LayoutStep
              facts={probe.facts}
              byHand={probe.cut_by_hand}
              draft={draft}
              change={change}
              faults={faults}
              back={back}
              next={next}
            />
          )}
        </Stepper.Step>
        <Stepper.Step label="Name">
          {probe && (
            <OptionsStep
              facts={probe.facts}
              draft={draft}
              change={change}
              faults={faults}
              back={back}
              next={next}
            />
          )}
        </Stepper.Step>
        <Stepper.Step label="Review">
          {probe && (
            <ReviewStep
              probe={probe}
              draft={draft}
              fault={fault}
              back={back}
              onFault={refused}
              onBegun={(id) => void go({ search: { job: id, hostname: draft.hostname } })}
            />
          )}
        </Stepper.Step>
      </Stepper>
    </>
  );
}
