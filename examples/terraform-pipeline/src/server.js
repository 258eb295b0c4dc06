import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const isHealth = request.url === '/api/health';
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end(isHealth ? 'ok\n' : 'Hello from the harbour\n');
});

server.listen(Number(process.env.PORT ?? 3000), process.env.HOSTNAME ?? '0.0.0.0');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
