import { OpenAPIHono } from "@hono/zod-openapi";
import { fail } from "./failure.ts";

/** An app for routes; what is wrong with a question is answered 400 with the place and the reason. */
export function createRoutesApp(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook: (result, context) => {
      if (result.success) return undefined;
      const [issue] = result.error.issues;
      const place = issue?.code === "unrecognized_keys" ? issue.keys.join(", ") : issue?.path.join(".");
      return fail(context, 400, `${place ?? "query"}: ${issue?.message ?? "not valid"}`);
    },
  });
}
