/** Times as people read them: of the place where they sit, with the zone said. JSON keeps ISO 8601 in UTC. */
const two = (value: number) => String(value).padStart(2, '0');

/** `2026-11-28 15:04:05 +08:00`. What cannot be read is given back as it came. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const offset = -time.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${day} ${clock} ${zone}`;
}
