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

# The binary is statically linked and trusts only the CA that Kubernetes mounts, so the image needs
# nothing else.
FROM scratch
COPY --from=build /manager /ko-app/manager
USER 65532:65532
ENTRYPOINT ["/ko-app/manager"]
