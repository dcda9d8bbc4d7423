/**
 * A script as machines get it: parts in their order under one first line, without comments and indentation. Those are for
 * the people who read the sources; user-data has little room.
 */
export function script(...parts: readonly string[]): string {
  const lines = parts
    .flatMap((part) => part.split("\n"))
    .map((line) => line.trimStart())
    .filter((line) => line !== "" && !line.startsWith("#"));
  return ["#!/bin/sh", ...lines, ""].join("\n");
}
