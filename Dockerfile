# Roster as an image: the compiled program and its production dependencies. No shell, package manager, test or sandbox.
#   docker build --tag registry.example/roster:0.1.0 .
# test/image.test.ts runs each step of this file in an empty folder, without a container engine.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/clean.ts scripts/
COPY src src/
RUN npm run build -- --declaration false
# what stands in for Atlassian has no place where the real one is changed
RUN rm -r dist/sandbox

FROM node:24-bookworm-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# none of them needs its install script
RUN npm ci --omit=dev --ignore-scripts
# nothing reads them at run time, and they are a third of all
RUN find node_modules -type f '(' -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' ')' -delete

FROM gcr.io/distroless/nodejs24-debian12:nonroot
LABEL org.opencontainers.image.title="roster" \
      org.opencontainers.image.description="Keeps who may get into what in Atlassian Cloud equal to what a team has declared" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /roster
COPY LICENSE package.json ./
COPY bin bin/
COPY --from=dependencies /build/node_modules node_modules/
COPY --from=build /build/dist dist/
# as numbers: Kubernetes cannot tell from a name that it is not root (runAsNonRoot). The files above are root's
USER 65532:65532
# Node is process 1 without an init: the program handles SIGTERM itself, and leaves no processes behind to be collected.
# No HEALTHCHECK: Kubernetes ignores it and has the probes of the chart instead
ENTRYPOINT ["/nodejs/bin/node", "/roster/bin/roster.js"]
CMD ["--help"]
