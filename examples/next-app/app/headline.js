export const headline = 'Cargo aboard, version one';
