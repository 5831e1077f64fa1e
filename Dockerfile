# syntax=docker/dockerfile:1

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=$VERSION" -o /newswatch ./cmd/newswatch \
 && mkdir /data

# Static has root certificates and nothing to log in to; the time zones are in
# the binary.
FROM gcr.io/distroless/static-debian13:nonroot
COPY --from=build /newswatch /newswatch
COPY --from=build --chown=65532:65532 /data /data

# Everything newswatch reads and writes is in /data: config.yaml, the rules and
# the store. The root file system may be read-only.
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=15s CMD ["/newswatch", "health"]
ENTRYPOINT ["/newswatch"]
CMD ["run"]
