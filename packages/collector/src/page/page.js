import { showList } from "./list.js";
import { showTrace } from "./trace.js";

const page = document.getElementById("page");
const [, traceId] = /^\/traces\/(.+)$/.exec(location.pathname) ?? [];

if (traceId === undefined) showList(page);
else showTrace(page, decodeURIComponent(traceId));
