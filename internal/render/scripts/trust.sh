#!/bin/sh
# Init container that writes the certificate authorities of the image and those of the user into one file.
#
#   trust AUTHORITIES BUNDLE
#
# Source of the paths: crypto/x509, root_linux.go. Images with Python may have authorities only there.
set -eu

image=
for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem \
    /etc/pki/tls/cacert.pem /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem /etc/ssl/cert.pem \
    "$(python3 -c 'import certifi; print(certifi.where())' 2>/dev/null)"; do
    if [ -s "$file" ]; then
        image=$file
        break
    fi
done
[ -n "$image" ] || echo "the image has no certificate authorities" >&2
{
    [ -z "$image" ] || cat "$image"
    echo
    cat "$1"
} >"$2.new"
mv -f "$2.new" "$2"
