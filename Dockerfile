# syntax=docker/dockerfile:1
FROM node:20-bookworm-slim AS build
WORKDIR /loupe
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:20-bookworm-slim AS packages
WORKDIR /loupe
COPY package.json package-lock.json .npmrc ./
# tsx runs the server; it is the one development package that is needed.
RUN npm ci --omit=dev --ignore-scripts && npm install --no-save --ignore-scripts tsx@4.23.15

FROM node:20-bookworm-slim
WORKDIR /loupe
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4173 LOUPE_DATA=/data LOUPE_LOG=requests LOUPE_DRAIN_MS=5000
COPY --from=packages /loupe/node_modules ./node_modules
COPY package.json ./
COPY cli ./cli
COPY config ./config
COPY core ./core
COPY server ./server
COPY --from=build /loupe/dist ./dist
RUN mkdir /data && chown node:node /data
# By number, so that a host can tell that it is not root without knowing the image.
USER 1000:1000
VOLUME /data
EXPOSE 4173
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4173/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself, so that it gets the signal to stop.
CMD ["node", "--import", "tsx", "cli/start.ts"]
