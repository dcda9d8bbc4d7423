import type { NodeUnit } from "../spec/role-configuration";

/** Settings of one section; a list repeats its key, and a value that is undefined leaves the line out. */
export type Settings = Readonly<Record<string, string | number | readonly string[] | undefined>>;
export type Sections = Readonly<Record<string, Settings>>;

/** A systemd unit as sections of settings. Values are written as they are: foreign text goes through `oneLine` or `command`. */
export function unit(name: NodeUnit["name"], enable: NodeUnit["enable"], sections: Sections): NodeUnit {
  return { name, mode: "0600", text: iniText(sections), enable };
}

/** The form of units and of systemd's own configuration files. */
export function iniText(sections: Sections): string {
  return Object.entries(sections)
    .map(([section, settings]) => `[${section}]\n${Object.entries(settings).flatMap(lines).join("")}`)
    .join("\n");
}

function lines([key, value]: [string, Settings[string]]): string[] {
  return value === undefined ? [] : [value].flat().map((one) => `${key}=${one}\n`);
}

/** `${NAME}` of a unit's environment, which systemd puts in as a part of one word. */
export interface Variable {
  readonly variable: string;
}
export type Flags = Readonly<Record<string, string | number | boolean | readonly string[] | Variable | undefined>>;

/** A command line, `--key=value` a line; lists are joined by commas, and what is undefined is left out. */
export function command(program: string, words: readonly string[], flags: Flags): string {
  const all = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [flag(name, value)]));
  return [[program, ...words.map(word)].join(" "), ...all].join(" \\\n  ");
}

function flag(name: string, value: NonNullable<Flags[string]>): string {
  if (typeof value === "object" && "variable" in value) return `--${name}=\${${value.variable}}`;
  return word(`--${name}=${typeof value === "object" ? value.join(",") : value}`);
}

/**
 * One word of a command line that systemd passes on unchanged: quoted where needed, without specifiers and variables.
 * @throws Error on control characters, which would end the line
 */
export function word(text: string): string {
  const plain = oneLine(text).replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w./:,=@%$*+~-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, "\\$&")}"`;
}

/**
 * A text as a value of one line.
 * @throws Error on control characters, which would end it
 */
export function oneLine(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new Error(`${JSON.stringify(text)} holds control characters, which no line of a unit can`);
  return text;
}

/**
 * A file for `EnvironmentFile=`; a shell reads the same values from it.
 * @throws Error on control characters and on names that are none
 */
export function environmentFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`${JSON.stringify(name)} is not the name of an environment variable`);
      return `${name}="${oneLine(value).replace(/["\\$`]/g, "\\$&")}"\n`;
    })
    .join("");
}
