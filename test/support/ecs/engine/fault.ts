/** An error that ECS answers. */
export class EcsFault extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'EcsFault';
    this.code = code;
    this.status = status;
  }
}

export const invalid = (message: string) => new EcsFault('InvalidParameterException', message);
export const clientError = (message: string) => new EcsFault('ClientException', message);
