/** Tests know no variables but those that they set themselves: whoever runs them may have a key of their own. */
for (const name of Object.keys(process.env)) {
  if (/^(PORTKEY|OPENAI)_/i.test(name)) delete process.env[name];
}
