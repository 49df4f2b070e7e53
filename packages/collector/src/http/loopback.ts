/** True for the names and addresses by which a machine reaches itself; `host` may have a port. */
export function isLoopback(host: string): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  if (hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]") return true;
  return /^127(\.\d{1,3}){3}$/.test(hostname);
}
