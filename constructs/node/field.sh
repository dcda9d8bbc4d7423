#!/bin/sh
# Part of what runs before there is a JSON parser, or without one.

# field NAME JSON: a text of it, where no other text has the same name.
field() {
  printf %s "$2" | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"
}
