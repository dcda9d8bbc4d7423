#!/bin/sh
# The part of the loader that knows Google Cloud: who this instance is, and requests with a token of its own account.
# shellcheck disable=SC2034,SC2154 # variables of the other part

metadata() {
  curl -fsS -m 10 -H 'Metadata-Flavor: Google' "http://169.254.169.254/computeMetadata/v1/instance/$1"
}

# Sets $instance and $credentials. The latter end within the hour, so every try asks again.
identify() {
  instance=$(metadata id) && credentials=$(metadata service-accounts/default/token)
}

# store_get KEY FILE: the object, or nothing and a failure; $status is what the store said.
# The token goes through a pipe, as arguments of a process are for all to read. The API takes a key as one word of its path.
store_get() {
  status=$(
    printf 'header = "Authorization: Bearer %s"\n' "$(field access_token "$credentials")" |
      curl -K - -sS --connect-timeout 10 -m 900 -o "$2" -w '%{http_code}' \
        "$endpoint/storage/v1/b/$(field bucket "$machine")/o/$(printf %s "$1" | sed 's|/|%2F|g')?alt=media"
  )
  [ "$status" = 200 ]
}
