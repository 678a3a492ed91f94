# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS
ARG TARGETARCH
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY api/ api/
COPY cmd/ cmd/
COPY internal/ internal/
COPY reconcilers/ reconcilers/
COPY webhooks/ webhooks/
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags="-s -w" -o /manager ./cmd/manager

# The program is statically linked and trusts only the certificate authority that
# Kubernetes gives it: nothing else is needed.
FROM scratch
COPY --from=build /manager /ko-app/manager
USER 65532:65532
ENTRYPOINT ["/ko-app/manager"]
