import './globals.css';

export const metadata = { title: 'Harbour', description: 'A small shop that lading ships.' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
