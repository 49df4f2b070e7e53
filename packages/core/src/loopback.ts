/**
 * True for an address that does not leave this machine: 127.0.0.0/8, `::1`, and the name `localhost`, which is this machine
 * unless its own hosts file says otherwise. Names below it are looked up like any other, so they may be anywhere.
 */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
