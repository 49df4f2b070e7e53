import { expect, it } from "vitest";
import { openSqlite } from "./database.ts";
import { isBuiltinSound } from "./sound-version.ts";

it.each([
  ["20.20.2", undefined, false],
  ["22.23.3", "3.51.3", false],
  ["24.14.1", "3.51.2", false],
  ["24.15.0", "3.51.3", true],
  ["24.21.0", "3.53.4", true],
  ["25.0.0", "3.50.99", false],
  ["26.0.0", "3.100.0", true],
  ["26.0.0", "4.0.0", true],
])("takes SQLite of Node %s (%s): %s", (node, sqlite, isTaken) => {
  expect(isBuiltinSound({ node, ...(sqlite === undefined ? {} : { sqlite }) })).toBe(isTaken);
});

it("opens files with an SQLite that does not damage them where two write", async () => {
  const database = await openSqlite(":memory:");
  const version = String(database.prepare("SELECT sqlite_version() AS version").get()?.["version"]);
  database.close();
  expect(isBuiltinSound({ node: "24.0.0", sqlite: version })).toBe(true);
});
