#!/bin/sh
# The part of the loader that knows AWS: who this instance is, and requests signed with its own role.
# shellcheck disable=SC2034,SC2154 # variables of the other part

metadata() {
  path=$1
  shift
  curl -fsS -m 10 "$@" "http://169.254.169.254/latest/$path"
}

# Sets $instance and $credentials. The latter change every few hours, so every try asks again.
identify() {
  session=X-aws-ec2-metadata-token:$(metadata api/token -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300') &&
    instance=$(metadata meta-data/instance-id -H "$session") &&
    profile=meta-data/iam/security-credentials/$(metadata meta-data/iam/security-credentials/ -H "$session") &&
    credentials=$(metadata "$profile" -H "$session")
}

# store_get KEY FILE: the object, or nothing and a failure; $status is what the store said.
# The credentials go through a pipe, as arguments of a process are for all to read.
store_get() {
  status=$(
    printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"\n' "$(field AccessKeyId "$credentials")" \
      "$(field SecretAccessKey "$credentials")" "$(field Token "$credentials")" |
      curl -K - -sS --connect-timeout 10 -m 900 --aws-sigv4 "aws:amz:$(field region "$machine"):s3" \
        -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' -o "$2" -w '%{http_code}' "$endpoint/$(field bucket "$machine")/$1"
  )
  [ "$status" = 200 ]
}
