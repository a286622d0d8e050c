package record

// Synonyms are the words that offices and people write for an option, by field
// name and then by the word as Plain folds it. The option itself, with blanks
// for its underscores, needs no row here.
var Synonyms = map[string]map[string]string{
	"sex":          sexWords,
	"sex_apparent": sexWords,
	"status":       merged(lifeWords, releaseWords),
	"life_status":  lifeWords, "release_status": releaseWords,
	"legal_status": fold(map[string][]string{
		"remand": {
			"procesado", "procesada", "prision preventiva", "preventiva", "preso preventivo", "en proceso",
			"sin sentencia", "imputado", "procesados", "on remand", "pretrial",
		},
		"sentenced": {
			"sentenciado", "sentenciada", "condenado", "condenada", "sentencia", "con sentencia", "penado",
			"sentencia ejecutoriada", "sentenciados", "convicted",
		},
		"contravention": {
			"contraventor", "contraventora", "contravencion", "contravenciones", "transito", "contravencion de transito", "held for a contravention",
			"contraventores",
		},
		"coercive": {
			"apremio", "apremiado", "apremiada", "apremio personal", "por apremio", "alimentos", "pension alimenticia",
			"pensiones alimenticias", "boleta de apremio", "apremios", "held by apremio", "coercive detention",
		},
	}),
	"verdict": fold(map[string][]string{
		"approve": {"aprobada", "aprobado", "approved"}, "refuse": {"rechazada", "rechazado", "refused"}, "withdraw": {"retirada", "retirado", "withdrawn"},
	}),
	"security_level": fold(map[string][]string{
		"minimum": {"minima", "min", "minima seguridad"}, "medium": {"media", "med", "mediana", "media seguridad"},
		"maximum": {"maxima", "max", "maxima seguridad"},
	}),
	"kinship":            kinshipWords,
	"language":           languageWords,
	"channel":            channelWords,
	"preferred_channel":  channelWords,
	"forbidden_channels": channelWords,
	"voicemail": fold(map[string][]string{
		"vague_only": {"solo algo general", "solo mensajes vagos", "vague messages only", "vago", "sin detalles", "solo vago", "general", "only vague"},
		"allowed":    {"si", "permitido", "yes", "se permite", "puede"}, "never": {"no", "nunca", "jamas"},
	}),
	"threat": fold(map[string][]string{
		"none": {"no", "ninguna", "ninguno", "sin amenaza", "sin amenaza conocida", "no known threat"}, "threat": {"si", "amenaza", "amenazas", "amenazado", "amenazada", "yes", "threatened"},
		"extortion": {"extorsion", "vacuna", "vacunas", "extorsionado", "extorsionada"},
	}),
	"literacy": fold(map[string][]string{
		"reads": {"lee", "si", "lee y escribe", "alfabeta", "yes"}, "reads_little": {"lee poco", "reads a little", "poco", "con dificultad", "little"},
		"does_not_read": {"no", "no lee", "analfabeta", "analfabeto", "no sabe leer"},
	}),
	"role_in_household": fold(map[string][]string{
		"speaks_for_it": {"habla por el hogar", "vocero", "vocera", "representante", "speaks for the household"},
		"member":        {"miembro", "integrante"}, "must_not_be_told": {"no debe saber", "no se le debe informar", "no se le debe decir", "no informar"},
	}),
	"consent_how": fold(map[string][]string{
		"written": {"escrito", "por escrito", "firmado", "in writing"}, "spoken": {"de palabra", "verbal", "oral", "hablado"},
		"recorded": {"grabado", "grabacion", "audio"},
	}),
	"outcome": fold(map[string][]string{
		"reached":   {"contesto", "si", "hablo", "contactado", "contactada", "se hablo", "atendio", "localizado"},
		"no_answer": {"no contesta", "no contesto", "sin respuesta", "no responde", "nadie contesta"}, "wrong_number": {"numero equivocado", "equivocado"},
		"refused":      {"rechazo", "no quiso", "se nego", "no quiso hablar", "rechazado"},
		"message_left": {"mensaje", "dejo mensaje", "mensaje dejado", "se dejo mensaje", "buzon", "left message"},
		"unsafe":       {"inseguro", "no seguro", "peligro", "no era seguro"},
	}),
	"mode": fold(map[string][]string{
		"in_person": {"en persona", "persona", "presencial", "visita", "face to face"}, "phone": {"telefono", "por telefono", "llamada", "celular", "by phone"},
	}),
	"known_how": fold(map[string][]string{
		"nothing": {"nada", "no sabia", "no sabia nada", "knew nothing"}, "press": {"prensa", "noticias", "television", "tv", "radio", "news"},
		"rumour": {"rumor", "rumores", "rumor"}, "official": {"oficial", "fuente oficial", "via oficial", "officially", "autoridad"},
		"other": {"otro", "otra", "otra fuente"}, "video": {"redes", "redes sociales", "un video", "por un video"},
	}),
	"type": fold(map[string][]string{
		"release": {"libertad", "excarcelacion", "salida"}, "tracing": {"busqueda", "paradero", "localizacion"},
		"condolence": {"pesame", "condolencia", "condolencias", "duelo", "acompanamiento"},
		"medical":    {"medico", "salud", "atencion medica", "medica"}, "transfer": {"traslado"},
	}),
	"state": fold(map[string][]string{
		"proposed": {"propuesto", "propuesta"}, "issued": {"emitido", "emitida"},
		"open": {"abierto", "activo", "abierta"}, "waiting": {"en espera", "espera", "pendiente", "pending"}, "closed": {"cerrado", "cerrada", "archivado"},
	}),
	"pathway": fold(map[string][]string{
		"end_of_sentence": {"fin de la pena", "cumplimiento de la pena", "pena cumplida", "cumplimiento", "cumplimiento integro de la pena"},
		"semiabierto":     {"regimen semiabierto", "semi abierto", "semi open regime", "semi open"}, "abierto": {"regimen abierto", "open regime"},
		"caducidad":   {"caducidad de la prision preventiva", "caducidad de la preventiva", "expiry of remand"},
		"home_arrest": {"arresto domiciliario", "domiciliario"}, "pardon": {"indulto"}, "habeas_corpus": {"habeas"},
		"payment": {"pago", "pago o acuerdo", "payment or agreement", "apremio", "contravencion"}, "prelibertad": {"pre libertad", "pre release", "early release"},
	}),
	"step": fold(map[string][]string{
		"screened": {"revisado", "examinado"}, "eligible": {"elegible", "cumple requisitos", "cumple", "con derecho"}, "papers_collected": {"papeles completos", "papeles reunidos", "documentos reunidos", "documentos"},
		"filed": {"presentado", "presentada", "ingresado", "solicitud presentada"}, "hearing": {"audiencia"},
		"ordered": {"ordenada", "ordenado", "boleta", "boleta emitida", "con boleta", "libertad ordenada"}, "checked_at_prison": {"verificado en el centro", "verificacion en el centro", "checked at the prison"},
		"left": {"salio", "libre", "salio libre"},
	}),
	"kind_of": fold(map[string][]string{
		"riot": {"amotinamiento", "motin", "masacre", "enfrentamiento", "revuelta"}, "fire": {"incendio"}, "escape": {"fuga", "evasion"},
		"hostages": {"rehenes", "toma de rehenes", "secuestro", "hostage taking"}, "epidemic": {"epidemia", "brote"}, "other": {"otro", "otra"},
	}),
	"kind": fold(map[string][]string{
		"release-notice":        {"aviso de libertad", "aviso de excarcelacion", "notice of release"},
		"humanitarian-petition": {"peticion humanitaria", "peticion por razones humanitarias", "petition on humanitarian grounds"},
		"habeas-corpus":         {"habeas corpus", "demanda de habeas corpus", "accion de habeas corpus", "habeas corpus brief"},
		"condolence":            {"carta de condolencia", "pesame", "carta de pesame", "condolence letter"}, "notification-record": {"acta de notificacion", "record of notification"},
		"remains-request": {"solicitud de restos", "pedido de restos", "solicitud de identificacion o entrega de restos", "request for remains", "request for identification or return of remains"},
		"case-report":     {"informe del caso", "informe de caso"}, "incident-report": {"informe del incidente", "informe de incidente"},
	}),
	"extent": fold(map[string][]string{
		"whole": {"completo", "cuerpo", "cuerpo completo", "entero", "whole body"}, "part": {"parte", "parcial", "fragmento", "partes"},
	}),
	"method": fold(map[string][]string{
		"fingerprints": {"huellas", "huellas dactilares", "dactiloscopia", "huella", "necrodactilia"}, "dental": {"odontologia", "ficha dental", "registro dental", "dientes", "dental record", "dental records"},
		"dna": {"adn", "prueba de adn", "genetica"}, "implant_serial": {"serie de implante", "implante", "numero de serie de un implante", "serial number of an implant"},
		"death_record":     {"acta de defuncion", "defuncion", "registro civil", "inscripcion de defuncion"},
		"medical_findings": {"hallazgos medicos", "hallazgo medico", "hallazgos medicos no basta", "medical findings not enough"}, "tattoos": {"tatuaje", "tatuajes", "tatuajes no basta", "tattoos not enough"},
		"property": {"pertenencias", "objetos", "efectos personales", "pertenencias no basta", "belongings not enough", "efectos", "belongings"}, "clothing": {"ropa", "vestimenta", "ropa no basta", "clothing not enough", "prendas", "clothes"},
		"visual": {"reconocimiento visual", "a la vista", "reconocimiento visual no basta", "visual recognition not enough", "fotografia", "visual recognition"}, "video": {"un video", "video no basta", "video not enough"},
		"seen": {"visto", "vista", "lo vieron", "se le vio", "fue visto", "visto en persona", "seen in person"}, "spoken_to": {"hablo", "se hablo con el", "se hablo con la persona", "hablaron", "llamada"},
	}),
	"source_kind": fold(map[string][]string{
		"member": {"miembro", "equipo", "colega", "miembro del equipo", "team", "team member"}, "family": {"familia", "familiar", "familiares"},
		"official_list": {"lista oficial", "listado oficial", "listado", "lista"}, "authority": {"autoridad", "snai", "fiscalia", "gobierno", "policia"},
		"hospital": {"casa de salud", "medico"}, "prison": {"centro", "carcel", "centro de privacion de libertad"},
		"press": {"prensa", "medios", "noticias", "news"}, "video": {"redes", "redes sociales"}, "rumour": {"rumor"}, "other": {"otro", "otra"},
	}),
	"reliability": fold(map[string][]string{"high": {"alta", "alto"}, "medium": {"media", "medio"}, "low": {"baja", "bajo"}}),
	"category": fold(map[string][]string{
		"dead":    {"muertos", "fallecidos", "muerto", "fallecido", "muertes", "decesos", "deaths", "killed"},
		"injured": {"heridos", "herido", "lesionados"}, "gravely_injured": {"heridos graves", "heridos de gravedad", "graves", "badly injured"},
		"missing": {"desaparecidos", "desaparecido"}, "hostages": {"rehenes", "retenidos"}, "bodies": {"cuerpos", "cadaveres"},
		"remains": {"restos", "partes", "restos partes"}, "identified": {"identificados", "cuerpos identificados"}, "returned": {"entregados", "cuerpos entregados", "handed over"},
	}),
	"unit": fold(map[string][]string{
		"people": {"personas", "persona"}, "bodies": {"cuerpos"}, "parts": {"partes", "restos"}, "bodies_and_parts": {"cuerpos y partes", "cuerpos y restos"},
	}),
	"role": fold(map[string][]string{
		"coordinator": {"coordinador", "coordinadora", "coordinacion", "coordinador a", "coordinadora o coordinador"}, "lawyer": {"abogado", "abogada", "abogado a", "abogada o abogado", "legal aid lawyer"},
		"social-worker": {"trabajador social", "trabajadora social", "trabajo social", "trabajador a social", "trabajadora o trabajador social"},
	}),
}

var sexWords = fold(map[string][]string{
	"male": {"m", "masculino", "hombre", "h", "varon", "man", "masc"}, "female": {"f", "femenino", "mujer", "woman", "fem"},
	"other": {"otro", "otra", "x", "lgbti", "intersexual"},
})

// lifeWords: a list's "fallecido" is a report; only a person confirms, and says
// so in full.
var lifeWords = fold(map[string][]string{
	"unknown":          {"se desconoce", "desconocido", "desconocida", "no se sabe", "sin noticias", "no news", "sin informacion", "not known"},
	"reported_alive":   {"vivo", "viva", "con vida", "ileso", "con vida segun reporte", "ilesa", "alive", "a salvo", "reportado vivo", "reportada viva", "estable"},
	"reported_injured": {"herido", "herida", "lesionado", "lesionada", "injured", "herido grave", "reportado herido", "con heridas segun reporte", "wounded"},
	"reported_missing": {"desaparecido", "desaparecida", "no aparece", "missing", "no localizado", "no localizada", "reportado desaparecido", "sin paradero segun reporte", "sin paradero", "extraviado"},
	"reported_dead": {
		"muerto", "muerta", "fallecido", "fallecida", "occiso", "occisa", "dead", "deceased", "murio", "fallecio",
		"reportado muerto", "reportado fallecido", "difunto", "muerte reportada sin confirmar", "muerte reportada", "reported dead unconfirmed", "se reporta fallecido sin confirmar", "reportado muerto sin confirmar",
	},
	"confirmed_alive": {"vivo confirmado", "alive confirmed", "con vida confirmado", "viva confirmada", "confirmado vivo", "confirmado con vida", "confirmada con vida"},
	"confirmed_dead":  {"muerte confirmada", "fallecido confirmado", "fallecida confirmada", "muerto confirmado", "fallecimiento confirmado", "confirmado muerto", "confirmado fallecido", "death confirmed"},
})

var releaseWords = fold(map[string][]string{
	"detained":    {"detenido", "detenida", "preso", "presa", "recluido", "recluida", "interno", "interna", "ppl", "activo", "en el centro", "privado de libertad", "held", "privada de libertad"},
	"transferred": {"trasladado", "trasladada", "traslado"}, "hospitalised": {"hospitalizado", "hospitalizada", "en el hospital", "hospital", "hospitalized", "in hospital"},
	"ordered_released": {"con boleta", "boleta", "con boleta de libertad", "con boleta de excarcelacion", "con orden de excarcelacion", "libertad ordenada", "ordenada su libertad", "release ordered"},
	"released":         {"libre", "en libertad", "liberado", "liberada", "excarcelado", "excarcelada", "salio", "salio libre", "free"},
})

var kinshipWords = fold(map[string][]string{
	"mother": {"madre", "mama", "mami", "mom", "mum"}, "father": {"padre", "papa", "papi", "dad"}, "wife": {"esposa", "conyuge", "mujer", "senora"},
	"husband": {"esposo", "marido"}, "partner": {"pareja", "conviviente", "union de hecho", "companero", "companera", "novia", "novio", "union libre"},
	"daughter": {"hija"}, "son": {"hijo"}, "sister": {"hermana", "nana"}, "brother": {"hermano", "nano"}, "grandmother": {"abuela", "abuelita"},
	"grandfather": {"abuelo", "abuelito"}, "aunt": {"tia"}, "uncle": {"tio"}, "cousin": {"primo", "prima", "primo a", "prima o primo", "primo o prima"}, "niece": {"sobrina"},
	"nephew": {"sobrino"}, "friend": {"amigo", "amiga", "amistad", "vecino", "vecina", "conocido"}, "lawyer": {"abogado", "abogada", "defensor", "abogado o abogada", "abogada o abogado", "defensora"},
	"other": {"otro", "otra", "otro familiar", "familiar", "cunado", "cunada", "suegra", "suegro", "madrina", "padrino"},
})

var languageWords = fold(map[string][]string{
	"es": {"espanol", "castellano", "spanish"}, "qu": {"kichwa", "quichua", "quechua", "runa shimi", "kichwa quichua"},
	"shuar": {"shuar chicham"}, "en": {"ingles", "english"}, "other": {"otro", "otra", "otra lengua", "otro idioma"},
})

var channelWords = fold(map[string][]string{
	"in_person": {"en persona", "persona", "visita", "presencial"}, "phone": {"telefono", "llamada", "celular", "por telefono", "call", "phone call"},
	"whatsapp": {"wsp", "wa", "whats", "wasap", "whatsapp mensaje"}, "sms": {"mensaje de texto", "mensaje", "text", "text message"},
	"voicemail": {"buzon de voz", "buzon", "contestadora"}, "letter": {"carta", "correo", "por carta"},
	"through_other": {"por otra persona", "a traves de otra persona", "por medio de otro", "por medio de otra persona", "tercero", "through another", "through another person"},
})

// fold turns option → words into word → option.
func fold(words map[string][]string) map[string]string {
	t := map[string]string{}
	for option, list := range words {
		for _, w := range list {
			t[w] = option
		}
	}
	return t
}

func merged(tables ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, t := range tables {
		for w, o := range t {
			all[w] = o
		}
	}
	return all
}

// Option finds the option of a field that a typed word means.
func (f *Field) Option(typed string) (string, bool) {
	plain := Plain(typed)
	for _, o := range f.Options {
		if o == typed || Plain(o) == plain {
			return o, true
		}
	}
	said, ok := Synonyms[f.Name][plain]
	if !ok {
		return "", false
	}
	for _, o := range f.Options {
		if o == said {
			return o, true
		}
	}
	return "", false
}

// boolWords are a yes or a no.
var boolWords = fold(map[string][]string{
	"true":  {"true", "si", "s", "yes", "y", "1", "x", "verdadero", "v", "sí"},
	"false": {"false", "no", "n", "0", "falso"},
})
