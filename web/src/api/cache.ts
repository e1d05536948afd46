import { QueryCache, QueryClient } from "@tanstack/react-query";
import { faultOf } from "./fault";
import { session } from "./queries";

/** What was answered, kept while it is on the screen. */
export const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // A session that ended while the page was open: whoever works here signs in again.
      if (faultOf(error).isSignedOut && query.queryKey[0] !== "session") {
        void queries.invalidateQueries({ queryKey: session().queryKey });
      }
    },
  }),
  defaultOptions: {
    queries: {
      // Only a control plane that does not answer is asked again at once; a refusal stands.
      retry: (tries, error) => faultOf(error).status === 0 && tries < 1,
      staleTime: 1_000,
      refetchIntervalInBackground: false,
    },
  },
});
