import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '**/node_modules/', '**/.next/', '**/.lading/', 'examples/', 'test/fixtures/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Our methods are closures: they do not use `this`.
      '@typescript-eslint/unbound-method': 'off',
      // What comes in as `unknown` over the wire is shown as it is.
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union type.' },
        { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
      ],
    },
  },
  {
    // Only the entries see the process; everything else takes what it needs from its Context.
    files: ['src/**/*.ts'],
    ignores: ['src/entry/**', 'src/**/*.test.ts'],
    rules: { 'no-restricted-globals': ['error', 'process', 'console'] },
  },
  { files: ['vitest.config.ts', '**/*.test.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
