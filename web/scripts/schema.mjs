import openapiTS, { astToString } from "openapi-typescript";

const HEAD = "// Generated from openapi.json by `npm run api`; never edited.\n\n";

/** The types of the API, as openapi.json has them now. */
export async function render() {
  const tree = await openapiTS(new URL("../../openapi.json", import.meta.url), {
    // What has a default may be left out of a request.
    defaultNonNullable: false,
  });
  return HEAD + astToString(tree);
}
