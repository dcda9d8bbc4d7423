#!/bin/sh
# The part of the loader that knows AWS: who this instance is, and requests signed with its own role.
# shellcheck disable=SC2034 # $instance is for the part behind this one

metadata() {
  curl --silent --show-error --fail --noproxy '*' --max-time 10 --header "X-aws-ec2-metadata-token: $session" "$metadata/latest/meta-data/$1"
}

# Reads $instance and $credentials; the latter change every few hours, so once a try.
identify() {
  metadata=${COPPICE_METADATA:-http://169.254.169.254}
  session=$(curl --silent --show-error --fail --noproxy '*' --max-time 10 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/latest/api/token") || return 1
  instance=$(metadata instance-id) || return 1
  profile=$(metadata iam/security-credentials/) || return 1
  credentials=$(metadata "iam/security-credentials/$profile") || return 1
}

credential() {
  printf '%s' "$credentials" | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"
}

# store_get KEY FILE: writes the object to FILE and its headers to FILE.headers, prints the HTTP status.
# The credentials go through a pipe: arguments of a process are for all to read.
store_get() {
  printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"\n' \
    "$(credential AccessKeyId)" "$(credential SecretAccessKey)" "$(credential Token)" |
    curl --config - --silent --show-error --connect-timeout 10 --max-time 900 --aws-sigv4 "aws:amz:$COPPICE_REGION:s3" \
      --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' --dump-header "$2.headers" --output "$2" --write-out '%{http_code}' \
      "$COPPICE_ENDPOINT/$COPPICE_BUCKET/$1"
}
