// What a page will show is asked for while the page itself is still on its way.
import { queries } from "./cache";
import { servers, session, units } from "./queries";

/** Asks for the lists of the fleet, where nobody did; whoever is not signed in is asked nothing. */
export async function beginFleet(): Promise<void> {
  try {
    const who = await queries.ensureQueryData(session());
    if (!who.signed_in) return;
    await Promise.all([queries.ensureQueryData(servers()), queries.ensureQueryData(units())]);
  } catch {
    // The page asks again, and says what is wrong.
  }
}
