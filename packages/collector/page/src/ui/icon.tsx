import {
  Activity,
  ArrowLeft,
  Bot,
  Boxes,
  Braces,
  Check,
  ChevronDown,
  ChevronRight,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CirclePause,
  CircleStop,
  Combine,
  Copy,
  Database,
  FileInput,
  Filter,
  Footprints,
  GitBranch,
  Layers,
  Link2,
  LoaderCircle,
  type LucideIcon,
  MessageSquare,
  MessagesSquare,
  Monitor,
  Moon,
  RotateCw,
  Search,
  Sparkles,
  SquareTerminal,
  Sun,
  ThumbsDown,
  ThumbsUp,
  TriangleAlert,
  Workflow,
  Wrench,
  X,
} from "lucide-preact";
import type { JSX } from "preact";

/** Names of the page's icons. */
export type IconName =
  | "back"
  | "check"
  | "close"
  | "closed"
  | "copy"
  | "dark"
  | "down"
  | "filter"
  | "help"
  | "light"
  | "link"
  | "live"
  | "open"
  | "search"
  | "session"
  | "system"
  | "terminal"
  | "up"
  | "warning"
  | "ok"
  | "error"
  | "cancelled"
  | "interrupted"
  | "unfinished"
  | "running"
  | "llm"
  | "embedding"
  | "retriever"
  | "reranker"
  | "tool"
  | "agent"
  | "chain"
  | "query"
  | "synthesizer"
  | "chat_engine"
  | "workflow"
  | "step"
  | "parser"
  | "ingestion"
  | "attempt"
  | "span";

const ICONS: Readonly<Record<IconName, LucideIcon>> = {
  back: ArrowLeft,
  check: Check,
  close: X,
  closed: ChevronRight,
  copy: Copy,
  dark: Moon,
  down: ThumbsDown,
  filter: Filter,
  help: CircleHelp,
  light: Sun,
  link: Link2,
  live: Activity,
  open: ChevronDown,
  search: Search,
  session: MessagesSquare,
  system: Monitor,
  terminal: SquareTerminal,
  up: ThumbsUp,
  warning: TriangleAlert,
  // Statuses.
  ok: CircleCheck,
  error: CircleAlert,
  cancelled: CircleStop,
  interrupted: CirclePause,
  unfinished: CircleDashed,
  running: LoaderCircle,
  // Types of spans.
  llm: Sparkles,
  embedding: Boxes,
  retriever: Database,
  reranker: Layers,
  tool: Wrench,
  agent: Bot,
  chain: Link2,
  query: Search,
  synthesizer: Combine,
  chat_engine: MessageSquare,
  workflow: Workflow,
  step: Footprints,
  parser: Braces,
  ingestion: FileInput,
  attempt: RotateCw,
  span: GitBranch,
};

/** An icon; decoration, unless it has a label. */
export function Icon({ name, size = 16, label }: { name: IconName; size?: number; label?: string }): JSX.Element {
  const Drawn = ICONS[name];
  const meaning = label === undefined ? { "aria-hidden": true } : { role: "img" as const, "aria-label": label };
  return <Drawn class={`icon icon-${name}`} size={size} strokeWidth={1.75} {...meaning} />;
}

/** The icon of a type of span. What is not known looks like any span. */
export function typeIcon(type: string): IconName {
  return Object.hasOwn(ICONS, type) ? (type as IconName) : "span";
}
