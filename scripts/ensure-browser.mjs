// The browser tests want Chromium. Where Debian's package can be installed, it is; elsewhere the suite says that it
// was skipped. With CI set there is no skipping: the suite fails without a browser.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const BROWSERS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"];
const mayInstall = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
if (!process.env.CHROMIUM && !BROWSERS.some((path) => existsSync(path)) && mayInstall) {
  console.log("· installing Chromium for the browser tests (Debian's package, about half a minute)");
  const options = {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  spawnSync("apt-get", ["update", "-q"], options);
  spawnSync(
    "apt-get",
    ["install", "-qy", "--no-install-recommends", "chromium-headless-shell", "fonts-liberation"],
    options,
  );
}
