// Prose that compresses like prose, and is the same in every process.

const WORDS = `a the of and to in is that it was for on are as with his they at be this have from or one had by word but
not what all were we when your can said there use an each which she do how their if will up other about out many then
them these so some her would make like him into time has look two more write go see number no way could people than
first water been call who oil its now find long down day did get come made may part invoice refund order customer
shipment warehouse contract support ticket priority latency region cluster deployment release schedule estimate`
  .trim()
  .split(/\s+/);

/** Pseudo-random numbers from 0 up to 1, always the same ones for a seed. */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** About so many characters of sentences. `accent` adds characters outside Latin-1, as a part of real texts has. */
export function prose(characters, seed, accent = false) {
  const random = createRandom(seed);
  const words = [];
  for (let length = 0; length < characters; length += words.at(-1).length + 1) {
    const word = WORDS[Math.floor(random() * WORDS.length)];
    const ends = random() < 0.08;
    words.push(ends ? `${word}${accent ? "…" : "."}` : word);
  }
  return words.join(" ").slice(0, characters);
}

/** A flat copy, so that a cut or joined text is no tree of pieces which the first reader pays for. */
export function flat(text) {
  return Buffer.from(text).toString();
}
